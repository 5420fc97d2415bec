// Name: Taking a lock that is spoken for
// Says: your lock goes to whoever finds it free, although another task was woken for it; that one
//   may wait for ever
// From: mutexes that allow it for speed, std::mutex among them
// Caught-by: Step3_Lock.NobodyOvertakesTheOneWhoWasWoken

//: 10.3
inline bool Lock::take_if_free() {
  if (locked_) return false;
  locked_ = true;
  return true;
}
