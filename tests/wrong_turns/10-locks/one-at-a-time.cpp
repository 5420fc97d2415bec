// Name: Awaiting one after the other
// Says: your get_all() awaits each page before it asks for the next; of three places one is used
// Caught-by: Use10c_Downloads.ASlowPageHoldsUpNobody

//: use-10c
aio::Coro<std::vector<aio::Result<std::string>>> Downloads::get_all(
    std::vector<std::string> names) {
  std::vector<aio::Result<std::string>> results;
  for (std::string& name : names) {
    std::vector<aio::Coro<std::string>> one;
    one.push_back(get(std::move(name)));
    auto some = co_await aio::gather(aio::return_exceptions, std::move(one));
    results.push_back(std::move(some.front()));
  }
  co_return results;
}
