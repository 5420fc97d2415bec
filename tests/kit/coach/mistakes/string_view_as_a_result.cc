// Says: std::string(…) around it
#include <string>
#include <string_view>

std::string greeting(std::string_view name) {
  return name;  // here
}
