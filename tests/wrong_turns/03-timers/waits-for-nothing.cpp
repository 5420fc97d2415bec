// Name: Waiting for nothing
// Says: without a deadline your clock says that something will come, so a deadlock becomes a hang
// Caught-by: Step5_Jump.WithoutADeadlineNothingCanHappen

//: 3.5
inline bool VirtualClock::idle_until(std::optional<time_point> next) {
  if (next && *next > now_) now_ = *next;
  return true;
}
