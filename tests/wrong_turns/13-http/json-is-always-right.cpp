// Name: JSON is always right
// Says: your POST /users throws where the body is no JSON, or not what it should be
// Caught-by: Use13f_Wrong.IsSaidInJson

//: use-13f
std::optional<std::string> name_in(const std::string& body) {
  const json user = json::parse(body);
  if (!user.is_object() || !user.contains("name") || !user["name"].is_string()) return {};
  std::string name = user["name"];
  return name.empty() ? std::nullopt : std::optional(std::move(name));
}
