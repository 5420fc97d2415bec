// Name: Waiting for all three before the next three
// Says: your downloads come in groups; two places are empty while the slowest of a group is fetched
// Caught-by: Use10c_Downloads.ASlowPageHoldsUpNobody

//: use-10c
aio::Coro<std::vector<aio::Result<std::string>>> Downloads::get_all(
    std::vector<std::string> names) {
  std::vector<aio::Result<std::string>> results;
  for (std::size_t i = 0; i < names.size(); i += 3) {
    std::vector<aio::Coro<std::string>> group;
    for (std::size_t j = i; j < names.size() && j < i + 3; ++j) group.push_back(get(names[j]));
    auto some = co_await aio::gather(aio::return_exceptions, std::move(group));
    for (auto& result : some) results.push_back(std::move(result));
  }
  co_return results;
}
