// Name: No time passes
// Says: between your questions the loop sees no time pass: either the thread waits in its place,
//   or nobody waits at all
// Caught-by: Fix16b_Watch.QuestionsKeepTheirDistance

struct Pace {
  aio::Coro<> wait_for_turn() {
    const aio::Clock::time_point now = aio::running_loop().time();
    next_ = std::max(now, next_) + gap_;
    co_return;
  }
};
