// Name: A turn after every line
// Says: your add_up gives way after each line: it is polite, and pays for an iteration of the loop
//   each time
// Caught-by: Fix12e_Budget.OthersHaveATurnHoweverFastTheLinesCome,
//   Fix12e_Budget.IsNotTheSameForEverybody

//: fix-12e
aio::Coro<long> add_up(aio::Stream& numbers, std::size_t budget) {
  (void)budget;
  long sum = 0;
  while (true) {
    const std::string line = co_await numbers.read_line();
    if (line.empty()) co_return sum;
    sum += number_of(line);
    co_await aio::sleep(std::chrono::seconds(0));
  }
}
