# Creates a user, and calls two other servers.
require "digest"
require "net/http"
require "openssl"
require "time"

url = URI("#{ENV.fetch("COMMUNICATION_ENDPOINT")}/identities?api-version=2023-10-01")
body = "{}"
date = Time.now.httpdate
digest = Digest::SHA256.base64digest(body)
text = "POST\n#{url.request_uri}\n#{date};#{url.host}:#{url.port};#{digest}"
key = ENV.fetch("COMMUNICATION_ACCESS_KEY").unpack1("m")
signature = [OpenSSL::HMAC.digest("SHA256", key, text)].pack("m0")
puts Net::HTTP.post(url, body, {
  "Content-Type" => "application/json",
  "x-ms-date" => date,
  "x-ms-content-sha256" => digest,
  "Authorization" => "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=#{signature}"
}).code
%w[SECOND_URL THIRD_URL].each do |name|
  puts Net::HTTP.get_response(URI(ENV.fetch(name))).code
rescue StandardError => e
  puts e.message.lines.first
end
