// Name: sleep(0) does nothing
// Says: your sleep(0) returns at once, so that a task in a loop never lets the others have a turn
// Caught-by: Step5_Sleep.ZeroGivesEverybodyATurn, Step5_Sleep.ZeroTakesExactlyOneIteration

struct Sleep {
  bool await_ready() const noexcept { return delay_.count() <= Clock::duration::zero(); }
};

inline void Sleep::await_resume() {
  if (await_ready()) return;
  detail::TaskBase::current("sleep").check_cancel();
  if (timer_ && timer_->cancelled()) throw CancelledError();
}
