// Says: where another is wanted
#include <string>

int answer() {
  std::string text = "42";
  return text;  // here
}
