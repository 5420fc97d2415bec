// Says: std::string(…) around it
#include <string>
#include <string_view>

std::size_t letters(std::string_view name) {
  std::string copy = name;  // here
  return copy.size();
}
