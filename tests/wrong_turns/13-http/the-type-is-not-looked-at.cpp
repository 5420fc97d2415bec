// Name: The type is not looked at
// Says: your POST /users does not look what kind of body it gets
// Caught-by: Use13f_Wrong.IsSaidInJson

//: use-13f
aio::Coro<http::Response> add(std::shared_ptr<Names> names, http::ServerRequest& request) {
  const std::string body = co_await request.read_all();
  std::optional<std::string> name = name_in(body);
  if (!name) co_return problem(422, "A user is an object with a name that is not empty.");
  names->push_back(*std::move(name));
  http::Response response = answer(201, user_of(*names, names->size()));
  response.headers.add("Location", "/users/" + std::to_string(names->size()));
  co_return response;
}
