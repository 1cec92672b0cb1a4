# The use cases of the API's documentation with two clients that openapi-generator makes with -g ruby:
# for JSON, and for forms.

require 'aiimage_form'
require 'aiimage_json'
require 'json'
require 'open-uri'
require 'pathname' # needed by the generated client, which does not require it
require 'tempfile'

BASE = URI(ENV.fetch('AIIMAGE_BASE_URL', 'http://127.0.0.1:8010/api/v1'))
TOKEN = ENV.fetch('AIIMAGE_TOKEN', 'demo')

# Sends the first media type of the document, the form; the generated client would prefer JSON.
class FormClient < AiimageForm::ApiClient
  def select_header_content_type(types)
    types.first
  end
end

def settings(package, token)
  package::Configuration.new do |settings|
    settings.server_index = nil
    settings.scheme = BASE.scheme
    settings.host = "#{BASE.host}:#{BASE.port}"
    settings.base_path = BASE.path
    settings.access_token = token
  end
end

def connect(token)
  AiimageJson::ApiClient.new(settings(AiimageJson, token))
end

def hero(token, count = 1)
  order = AiimageJson::DallERequest.new(
    image_generator: 'dall-e', image_number_of_images: count,
    description: 'A teapot', size: '1024x1024', quality: 'hd'
  )
  AiimageJson::ImagesApi.new(connect(token)).generate_image(order)
end

images = AiimageJson::ImagesApi.new(connect(TOKEN))
puts "available: #{AiimageJson::AvailabilityApi.new(connect(TOKEN)).check_availability.message}"

image = hero(TOKEN).images.first
puts "hero: #{image.input}"

source = Tempfile.new(['hero', '.png'])
source.binmode
source.write(URI.join(BASE, "/#{image.output}").read)
source.rewind
forms = AiimageForm::ImagesApi.new(FormClient.new(settings(AiimageForm, TOKEN)))
variation = forms.generate_image(
  'stablediffusion', 1,
  stable_description: 'The same in blue', type: 'image-to-image', image_resolution: '512x512', image_src: source
)
puts "variation: #{variation.images.first.input}"
crop = AiimageJson::StableDiffusionRequest.new(
  image_generator: 'stablediffusion', image_number_of_images: 1,
  stable_description: 'A teapot, cropped', type: 'text-to-image', image_resolution: '512x512'
)
puts "crop: #{images.generate_image(crop).images.first.input}"
puts "recent: #{images.get_recent_images.map(&:input).join('; ')}"

accounts = {
  invalid: TOKEN, busy: 'demo-busy', credits: 'demo-empty', limit: 'demo-limited', stranger: 'demo-invalid'
}
accounts.each do |name, token|
  hero(token, name == :invalid ? 9999 : 1)
rescue AiimageJson::ApiError => e
  puts "#{name}: #{e.code} #{JSON.parse(e.response_body)['message']}"
end
