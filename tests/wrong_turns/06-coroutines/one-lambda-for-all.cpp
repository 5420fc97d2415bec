// Name: A static lambda
// Says: your cook keeps the lambda alive by making it static: all calls share what the first one
//   captured
// Caught-by: Fix6c_Capture.EachCallHasItsOwn

aio::Coro<std::string> cook(std::string dish) {
  static const auto slowly = [name = Name(dish)]() -> aio::Coro<std::string> {
    co_await aio::sleep(1s);
    co_return name.text() + " is ready";
  };
  return slowly();
}
