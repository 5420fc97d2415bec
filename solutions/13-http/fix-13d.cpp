// fix-13d: a header that visitors write.

#include <stdexcept>
#include <string>
#include <string_view>

#include <http/headers.hpp>

#include "greeting.hpp"

//: fix-13d now
std::string greet(std::string_view name) {
  http::Headers headers;
  try {
    headers.add("X-Greeted", name);
  } catch (const std::invalid_argument&) {
    return response("400 Bad Request", "", "This is no name.\n");
  }
  return response("200 OK", headers.text(), "Hello, " + std::string(name) + "!\n");
}
//: fix-13d was
// std::string greet(std::string_view name) {
//   const std::string header = "X-Greeted: " + std::string(name) + "\r\n";
//   return response("200 OK", header, "Hello, " + std::string(name) + "!\n");
// }
//: fix-13d end
