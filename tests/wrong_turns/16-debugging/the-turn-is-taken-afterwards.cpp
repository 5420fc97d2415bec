// Name: The turn is taken afterwards
// Says: your function notes its turn behind the await: two that come at the same time wait for the
//   same one
// Caught-by: Fix16b_Watch.QuestionsKeepTheirDistance

struct Pace {
  aio::Coro<> wait_for_turn() {
    const aio::Clock::time_point now = aio::running_loop().time();
    if (next_ > now) co_await aio::sleep(next_ - now);
    next_ = aio::running_loop().time() + gap_;
  }
};
