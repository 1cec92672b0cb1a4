#!/bin/sh
# curl: one process, and so one pool, for all calls. The large upload has Expect: 100-continue.
url=$BASE/aiimage
form() {
  printf ' -F %s' image_generator=stablediffusion stable_description=fog type=upscale image_resolution=32x24
  printf ' -F image_number_of_images=1 -F image_src=@%s' "$1"
}
prompt='{"image_generator":"flux-pro","description_flux_pro":"Café in fog","image_number_of_images":1}'
none='{"image_generator":"flux-pro","description_flux_pro":"Café in fog","image_number_of_images":0}'
json='Content-Type: application/json'
# shellcheck disable=SC2046
exec curl -sS -o /dev/null -w 'json %{http_code}\n' -H "Authorization: Bearer $TOKEN" -H "$json" -d "$prompt" "$url/generate-image" \
  --next -sS -o /dev/null -w 'upload %{http_code}\n' -H "Authorization: Bearer $TOKEN" $(form "$PICTURE") "$url/generate-image" \
  --next -sS -o /dev/null -w 'refused %{http_code}\n' -H 'Authorization: Bearer demo-invalid' $(form "$LARGE") "$url/generate-image" \
  --next -sS -o /dev/null -w 'after %{http_code}\n' -H "Authorization: Bearer $TOKEN" "$url/versions" \
  --next -sS -o /dev/null -w 'invalid %{http_code}\n' -H "Authorization: Bearer $TOKEN" -H "$json" -d "$none" "$url/generate-image" \
  --next -sS -o /dev/null -w 'again %{http_code}\n' -H "Authorization: Bearer $TOKEN" -H "$json" -d "$prompt" "$url/generate-image"
