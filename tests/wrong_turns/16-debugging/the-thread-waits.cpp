// Name: The thread waits
// Says: your function waits in the kernel, and the loop with it: what waits must be the task
// Caught-by: Fix16b_Watch.TheLoopGoesOnMeanwhile

struct Pace {
  aio::Coro<> wait_for_turn() {
    const aio::Clock::time_point now = aio::running_loop().time();
    const aio::Clock::time_point turn = std::max(now, next_);
    next_ = turn + gap_;
    if (turn > now) std::this_thread::sleep_for(turn - now);
    co_return;
  }
};
