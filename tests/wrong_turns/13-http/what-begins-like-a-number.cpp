// Name: What begins like a number
// Says: your GET /users/{id} takes 1x for 1
// Caught-by: Use13f_Nobody.IsSaidInJson

//: use-13f
std::optional<std::size_t> known(const Names& names, const std::string& text) {
  if (text.empty() || text.size() > 9) return {};
  if (text.find_first_of("0123456789") != 0) return {};
  const std::size_t id = std::stoul(text);
  return id >= 1 && id <= names.size() ? std::optional(id) : std::nullopt;
}
