// Name: One line more
// Says: your add_up reads one line more than the budget allows before the others have a turn
// Caught-by: Fix12e_Budget.IsNeverExceeded

//: fix-12e
aio::Coro<long> add_up(aio::Stream& numbers, std::size_t budget) {
  long sum = 0;
  std::size_t since = 0;
  while (true) {
    const std::string line = co_await numbers.read_line();
    if (line.empty()) co_return sum;
    sum += number_of(line);
    if (++since <= budget) continue;
    since = 0;
    co_await aio::sleep(std::chrono::seconds(0));
  }
}
