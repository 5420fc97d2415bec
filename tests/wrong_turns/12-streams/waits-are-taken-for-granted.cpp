// Name: An await that is taken for a pause
// Says: your add_up trusts that co_await pauses; a read that finds its line in the buffer does not,
//   so the others wait until the last line
// Caught-by: Fix12e_Budget.OthersHaveATurnHoweverFastTheLinesCome

//: fix-12e
aio::Coro<long> add_up(aio::Stream& numbers, std::size_t budget) {
  (void)budget;
  long sum = 0;
  while (true) {
    const std::string line = co_await numbers.read_line();
    if (line.empty()) co_return sum;
    sum += number_of(line);
  }
}
