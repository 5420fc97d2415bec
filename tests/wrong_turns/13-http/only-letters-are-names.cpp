// Name: Only letters are names
// Says: your greet() refuses names that a header may hold
// Caught-by: Fix13d_Greeting.NamesTheVisitor

//: fix-13d
std::string greet(std::string_view name) {
  http::Headers headers;
  for (const char c : name) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!is_letter) return response("400 Bad Request", "", "This is no name.\n");
  }
  try {
    headers.add("X-Greeted", name);
  } catch (const std::invalid_argument&) {
    return response("400 Bad Request", "", "This is no name.\n");
  }
  return response("200 OK", headers.text(), "Hello, " + std::string(name) + "!\n");
}
