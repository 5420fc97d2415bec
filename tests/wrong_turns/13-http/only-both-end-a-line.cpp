// Name: Only both end a line
// Says: your greet() looks for CR and LF together; to many programs one of them ends a line
// Caught-by: Fix13d_Greeting.KnowsThatHalfOfALineBreakIsEnough,
//   Fix13d_Greeting.RefusesOtherControlCharacters

//: fix-13d
std::string greet(std::string_view name) {
  if (name.find("\r\n") != name.npos) {
    return response("400 Bad Request", "", "This is no name.\n");
  }
  return response("200 OK", "X-Greeted: " + std::string(name) + "\r\n",
                  "Hello, " + std::string(name) + "!\n");
}
