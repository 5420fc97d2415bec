// Name: Line breaks are taken out
// Says: your greet() takes line breaks out of a name and goes on; a name that has some is to be
//   refused
// Caught-by: Fix13d_Greeting.LetsNobodyWriteAHeader

//: fix-13d
std::string greet(std::string_view name) {
  std::string line(name);
  std::erase(line, '\r');
  std::erase(line, '\n');
  return response("200 OK", "X-Greeted: " + line + "\r\n", "Hello, " + line + "!\n");
}
