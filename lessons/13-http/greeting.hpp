#pragma once
// Exercise fix-13d: a header that visitors write.

#include <string>
#include <string_view>

/// The response to a visitor of that name, as it goes over the wire: 200, with the name in the
/// header X-Greeted and in the body. A name that cannot stand in a header gets 400 instead, and
/// stands nowhere in the response.
std::string greet(std::string_view name);

/// A response as it goes over the wire. `headers` are whole lines.
inline std::string response(std::string_view status, std::string_view headers,
                            std::string_view body) {
  return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}
