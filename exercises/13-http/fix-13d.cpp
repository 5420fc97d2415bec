// Exercise fix-13d. Check it with: ./learn check fix-13d
// fix-13d: a header that visitors write.

#include <stdexcept>
#include <string>
#include <string_view>

#include <http/headers.hpp>

#include "greeting.hpp"

std::string greet(std::string_view name) {
  const std::string header = "X-Greeted: " + std::string(name) + "\r\n";
  return response("200 OK", header, "Hello, " + std::string(name) + "!\n");
}
