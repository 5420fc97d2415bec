// Name: As many as there are
// Says: your group has no limit: all pages are fetched at once
// Caught-by: Use15c_AllOrNothing.FetchesSoManyAtOnce

//: use-15c
aio::Coro<std::vector<std::string>> fetch_all(std::vector<std::string> pages, Fetch fetch,
                                              std::size_t at_once) {
  static_cast<void>(at_once);
  std::vector<aio::Task<std::string>> tasks;
  const auto start_all = [&](aio::TaskGroup& group) -> aio::Coro<> {
    for (const std::string& page : pages) tasks.push_back(group.create_task(fetch(page)));
    co_return;
  };
  std::exception_ptr first;
  try {
    co_await aio::task_group(start_all);
  } catch (const aio::ExceptionGroup& failures) {
    first = failures.exceptions.front();
  }
  if (first != nullptr) std::rethrow_exception(first);
  std::vector<std::string> texts;
  for (aio::Task<std::string>& task : tasks) texts.push_back(std::move(task).result());
  co_return texts;
}
