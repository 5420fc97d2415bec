// Name: A failure that not everybody hears of
// Says: your stream notes its error, and keeps the broken connection open: whoever waits for
//   its end waits on
// Caught-by: Step6_End.WhoeverWaitsForTheEndHearsOfAFailure

//: 12.6
inline void StreamState::fail(std::error_code error) {
  error_ = error;
  out_.clear();
  end_reading();
  wake_all(drains_);
  wake_all(flushes_);
}
