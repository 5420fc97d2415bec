// Name: Moving into the capture
// Says: your lambda owns the name now, but the lambda itself ends when cook() returns
// Caught-by: Fix6c_Capture.HasWhatItNeedsWhenItRuns

aio::Coro<std::string> cook(std::string dish) {
  const auto slowly = [name = Name(dish)]() -> aio::Coro<std::string> {
    co_await aio::sleep(1s);
    co_return name.text() + " is ready";
  };
  return slowly();
}
