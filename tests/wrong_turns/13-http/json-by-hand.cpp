// Name: JSON by hand
// Says: your JSON breaks where a name has a quotation mark or a line break in it
// Caught-by: Use13f_Users.AreAddedAndShown

//: use-13f
http::Response answer(int status, const json& value) {
  std::string text = value.dump();
  for (std::size_t at; (at = text.find('\\')) != text.npos;) text.erase(at, 1);
  return http::Response(status, text, "application/json");
}
