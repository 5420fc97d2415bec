// Name: Where is not said
// Says: your POST /users does not say where the new user is
// Caught-by: Use13f_Users.AreAddedAndShown

//: use-13f
aio::Coro<http::Response> add(std::shared_ptr<Names> names, http::ServerRequest& request) {
  if (!has_json(request)) co_return problem(415, "A user comes as application/json.");
  const std::string body = co_await request.read_all();
  std::optional<std::string> name = name_in(body);
  if (!name) co_return problem(422, "A user is an object with a name that is not empty.");
  names->push_back(*std::move(name));
  http::Response response = answer(201, user_of(*names, names->size()));
  co_return response;
}
