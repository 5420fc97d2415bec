// Name: Only line breaks are bad
// Says: your greet() lets other control characters through
// Caught-by: Fix13d_Greeting.RefusesOtherControlCharacters

//: fix-13d
std::string greet(std::string_view name) {
  if (name.find_first_of("\r\n") != name.npos) {
    return response("400 Bad Request", "", "This is no name.\n");
  }
  return response("200 OK", "X-Greeted: " + std::string(name) + "\r\n",
                  "Hello, " + std::string(name) + "!\n");
}
