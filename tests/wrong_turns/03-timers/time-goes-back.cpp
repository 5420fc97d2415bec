// Name: Time goes back
// Says: your clock is set to a deadline that had passed already, so time goes back
// Caught-by: Step5_Jump.NeverGoesBack

//: 3.5
inline bool VirtualClock::idle_until(std::optional<time_point> next) {
  if (next) now_ = *next;
  return next.has_value();
}
