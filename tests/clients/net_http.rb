# Net::HTTP
require 'json'
require 'net/http'

prompt = { image_generator: 'flux-pro', description_flux_pro: 'Café in fog', image_number_of_images: 1 }
form = {
  'image_generator' => 'stablediffusion', 'stable_description' => 'Café in fog', 'type' => 'upscale',
  'image_resolution' => '32x24', 'image_number_of_images' => '1'
}
steps = [
  ['json', 'POST', 'generate-image', ENV['TOKEN'], { json: prompt }],
  ['upload', 'POST', 'generate-image', ENV['TOKEN'], { file: ENV['PICTURE'] }],
  ['refused', 'POST', 'generate-image', 'demo-invalid', { file: ENV['LARGE'] }],
  ['after', 'GET', 'versions', ENV['TOKEN'], {}],
  ['invalid', 'POST', 'generate-image', ENV['TOKEN'], { json: prompt.merge(image_number_of_images: 0) }],
  ['again', 'POST', 'generate-image', ENV['TOKEN'], { json: prompt }]
]
base = URI(ENV['BASE'])
Net::HTTP.start(base.host, base.port) do |http|
  http.max_retries = 0
  steps.each do |name, method, path, token, sent|
    request = Net::HTTPGenericRequest.new(method, method == 'POST', true, "#{base.path}/aiimage/#{path}")
    request['Authorization'] = "Bearer #{token}"
    if sent[:json]
      request['Content-Type'] = 'application/json'
      request.body = sent[:json].to_json
    elsif sent[:file]
      request.set_form([*form.to_a, ['image_src', File.open(sent[:file], 'rb'), { content_type: 'image/png' }]],
                       'multipart/form-data')
    end
    puts "#{name} #{http.request(request).code}"
  end
end
