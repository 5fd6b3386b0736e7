// Creates a user, and calls two other servers.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

func main() {
	endpoint := os.Getenv("COMMUNICATION_ENDPOINT")
	path, body := "/identities?api-version=2023-10-01", "{}"
	date := time.Now().UTC().Format(http.TimeFormat)
	sum := sha256.Sum256([]byte(body))
	digest := base64.StdEncoding.EncodeToString(sum[:])
	key, _ := base64.StdEncoding.DecodeString(os.Getenv("COMMUNICATION_ACCESS_KEY"))
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "POST\n%s\n%s;%s;%s", path, date, strings.TrimPrefix(endpoint, "https://"), digest)
	signature := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	request, _ := http.NewRequest("POST", endpoint+path, strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("x-ms-date", date)
	request.Header.Set("x-ms-content-sha256", digest)
	request.Header.Set("Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="+signature)
	show(http.DefaultClient.Do(request))
	show(http.Get(os.Getenv("SECOND_URL")))
	show(http.Get(os.Getenv("THIRD_URL")))
}

func show(response *http.Response, err error) {
	if err != nil {
		fmt.Println(err)
	} else {
		fmt.Println(response.StatusCode)
	}
}
