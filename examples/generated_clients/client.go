// The use cases of the API's documentation with two clients that openapi-generator makes with -g go.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"

	"aiimageform"
	"aiimagejson"
)

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func must[T any](value T, reply *http.Response, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func download(url string) *os.File {
	reply, err := http.Get(url)
	if err != nil {
		log.Fatal(err)
	}
	defer reply.Body.Close()
	file, err := os.CreateTemp("", "hero-*.png")
	if err != nil {
		log.Fatal(err)
	}
	if _, err = io.Copy(file, reply.Body); err != nil {
		log.Fatal(err)
	}
	_, _ = file.Seek(0, io.SeekStart)
	return file
}

func main() {
	base := setting("AIIMAGE_BASE_URL", "http://127.0.0.1:8010/api/v1")
	token := setting("AIIMAGE_TOKEN", "demo")
	configuration := aiimagejson.NewConfiguration()
	configuration.Servers = aiimagejson.ServerConfigurations{{URL: base}}
	client := aiimagejson.NewAPIClient(configuration)
	forms := aiimageform.NewConfiguration()
	forms.Servers = aiimageform.ServerConfigurations{{URL: base}}

	connect := func(token string) context.Context {
		return context.WithValue(context.Background(), aiimagejson.ContextAccessToken, token)
	}
	generate := func(token string, order aiimagejson.GenerateRequest) (*aiimagejson.Generated, *http.Response, error) {
		return client.ImagesAPI.GenerateImage(connect(token)).GenerateRequest(order).Execute()
	}
	hero := func(count int32) aiimagejson.GenerateRequest {
		order := aiimagejson.NewDallERequest("dall-e", count, "A teapot", "1024x1024", "hd")
		return aiimagejson.DallERequestAsGenerateRequest(order)
	}
	crop := aiimagejson.StableDiffusionRequestAsGenerateRequest(
		aiimagejson.NewStableDiffusionRequest("stablediffusion", 1, "A teapot, cropped", "text-to-image", "512x512"))
	upload := func(source *os.File) aiimageform.ApiGenerateImageRequest {
		account := context.WithValue(context.Background(), aiimageform.ContextAccessToken, token)
		request := aiimageform.NewAPIClient(forms).ImagesAPI.GenerateImage(account)
		request = request.ImageGenerator("stablediffusion").ImageNumberOfImages(1).Type_("image-to-image")
		return request.StableDescription("The same in blue").ImageResolution("512x512").ImageSrc(source)
	}

	fmt.Println("available:", must(client.AvailabilityAPI.CheckAvailability(connect(token)).Execute()).Message)

	image := must(generate(token, hero(1))).Images[0]
	fmt.Println("hero:", image.Input)
	source := download(strings.TrimSuffix(base, "/api/v1") + "/" + image.Output)
	defer os.Remove(source.Name())

	fmt.Println("variation:", must(upload(source).Execute()).Images[0].Input)
	fmt.Println("crop:", must(generate(token, crop)).Images[0].Input)

	var inputs []string
	for _, each := range must(client.ImagesAPI.GetRecentImages(connect(token)).Execute()) {
		inputs = append(inputs, each.Input)
	}
	fmt.Println("recent:", strings.Join(inputs, "; "))

	for _, refused := range [][2]string{
		{"invalid", token}, {"busy", "demo-busy"}, {"credits", "demo-empty"}, {"limit", "demo-limited"},
		{"stranger", "demo-invalid"},
	} {
		count := int32(1)
		if refused[0] == "invalid" {
			count = 9999
		}
		_, reply, err := generate(refused[1], hero(count))
		if failure, ok := err.(*aiimagejson.GenericOpenAPIError); ok {
			fmt.Println(refused[0]+":", reply.StatusCode, message(failure.Model()))
		}
	}
}

func message(model interface{}) string {
	switch body := model.(type) {
	case aiimagejson.Invalid:
		return body.Message
	case aiimagejson.Message:
		return body.Message
	case aiimagejson.Refused:
		return body.Message
	}
	return "the response is not in the document"
}
