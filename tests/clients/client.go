// net/http
package main

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
)

type step struct{ name, method, path, token, body, file string }

const prompt = `{"image_generator":"flux-pro","description_flux_pro":"Café in fog","image_number_of_images":%d}`

func form(file string) (io.Reader, string) {
	var body bytes.Buffer
	writer := multipart.NewWriter(&body)
	writer.WriteField("image_generator", "stablediffusion")
	writer.WriteField("stable_description", "Café in fog")
	writer.WriteField("type", "upscale")
	writer.WriteField("image_resolution", "32x24")
	writer.WriteField("image_number_of_images", "1")
	part, _ := writer.CreateFormFile("image_src", "source.png")
	content, _ := os.ReadFile(file)
	part.Write(content)
	writer.Close()
	return &body, writer.FormDataContentType()
}

func main() {
	token := os.Getenv("TOKEN")
	steps := []step{
		{"json", "POST", "generate-image", token, fmt.Sprintf(prompt, 1), ""},
		{"upload", "POST", "generate-image", token, "", os.Getenv("PICTURE")},
		{"refused", "POST", "generate-image", "demo-invalid", "", os.Getenv("LARGE")},
		{"after", "GET", "versions", token, "", ""},
		{"invalid", "POST", "generate-image", token, fmt.Sprintf(prompt, 0), ""},
		{"again", "POST", "generate-image", token, fmt.Sprintf(prompt, 1), ""},
	}
	for _, each := range steps {
		var body io.Reader
		kind := "application/json"
		if each.file != "" {
			body, kind = form(each.file)
		} else if each.body != "" {
			body = bytes.NewReader([]byte(each.body))
		}
		request, _ := http.NewRequest(each.method, os.Getenv("BASE")+"/aiimage/"+each.path, body)
		request.Header.Set("Authorization", "Bearer "+each.token)
		request.Header.Set("Content-Type", kind)
		reply, problem := http.DefaultClient.Do(request)
		if problem != nil {
			fmt.Println(each.name, problem)
			continue
		}
		io.Copy(io.Discard, reply.Body)
		reply.Body.Close()
		fmt.Println(each.name, reply.StatusCode)
	}
}
