// The body of a request for the mock to send: JSON, or a form with its files in Base64.

/** Return the headers and the body of named values. json: JSON is accepted; a file makes it a form. */
export async function encoded(values, json = true) {
  if (json && !values.some(([, value]) => value instanceof File)) {
    return { headers: { "content-type": "application/json" }, body: JSON.stringify(Object.fromEntries(values)) };
  }
  const form = new FormData();
  for (const [name, value] of values) form.append(name, value);
  const response = new Response(form);
  return { headers: { "content-type": response.headers.get("content-type") }, base64: await base64(await response.blob()) };
}

/** Return the bytes of a blob in Base64. */
function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.split(",")[1]));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}
