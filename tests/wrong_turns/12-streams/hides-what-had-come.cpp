// Name: What had come is hidden
// Says: your stream drops what had come in before it broke: an answer that was there is never read
// Caught-by: Step6_End.WhatHadComeBeforeAFailureIsRead

//: 12.6
inline void StreamState::fail(std::error_code error) {
  error_ = error;
  in_.clear();
  shut_down();
}
