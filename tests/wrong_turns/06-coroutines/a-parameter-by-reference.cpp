// Name: A parameter instead of a capture, by reference
// Says: your lambda takes the name as a parameter, but by reference: the frame keeps an address, as
//   the capture did
// Caught-by: Fix6c_Capture.HasWhatItNeedsWhenItRuns

aio::Coro<std::string> cook(std::string dish) {
  const auto slowly = [](const Name& name) -> aio::Coro<std::string> {
    co_await aio::sleep(1s);
    co_return name.text() + " is ready";
  };
  return slowly(Name(dish));
}
