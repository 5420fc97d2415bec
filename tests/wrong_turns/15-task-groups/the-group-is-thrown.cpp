// Name: The group is thrown
// Says: your function throws an ExceptionGroup where the one error is asked for
// Caught-by: Use15c_AllOrNothing.TheFirstFailureEndsItAndIsThrownAlone

//: use-15c
aio::Coro<std::vector<std::string>> fetch_all(std::vector<std::string> pages, Fetch fetch,
                                              std::size_t at_once) {
  std::vector<aio::Task<std::string>> tasks;
  const auto start_all = [&](aio::TaskGroup& group) -> aio::Coro<> {
    for (const std::string& page : pages) tasks.push_back(group.create_task(fetch(page)));
    co_return;
  };
  aio::TaskGroup group{aio::AtMost(at_once)};
  co_await aio::task_group(group, start_all);
  std::vector<std::string> texts;
  for (aio::Task<std::string>& task : tasks) texts.push_back(std::move(task).result());
  co_return texts;
}
