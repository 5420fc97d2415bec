// Says: std::string(…) around it
#include <string>
#include <string_view>

void greet(const std::string& name);

void answer(std::string_view name) {
  greet(name);  // here
}
