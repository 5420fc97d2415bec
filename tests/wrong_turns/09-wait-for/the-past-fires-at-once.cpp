// Name: Expiring inside enter()
// Says: your timeout expires before its block has begun when the deadline is past, so the body
//   never gets a chance
// Caught-by: Step2_Expiry.InThePastFiresInTheNextIteration

//: 9.1
inline void Timeout::reschedule(std::optional<time_point> when) {
  if (state_ == State::created) throw InvalidStateError("this timeout has not been entered yet");
  if (state_ != State::entered) throw InvalidStateError("this timeout has expired or was left");
  disarm();
  when_ = when;
  if (!when) return;
  EventLoop& loop = task_.task().home();
  if (*when <= loop.time()) {
    run();
  } else {
    loop.call_at(*when, *this);
  }
}
