// Name: All services share
// Says: your services have one list of users between them
// Caught-by: Use13f_Users.BelongToTheirService,
//   Use13f_Users.AreAddedAndShown,
//   Use13f_Wrong.IsSaidInJson

//: use-13f
http::Router users_service() {
  static const auto all = std::make_shared<Names>();
  const std::shared_ptr<Names> names = all;
  http::Router router;
  router.get("/users", [names](http::ServerRequest&) { return list(names); });
  router.get("/users/{id}", [names](http::ServerRequest& request) { return show(names, request); });
  router.post("/users", [names](http::ServerRequest& request) { return add(names, request); });
  return router;
}
