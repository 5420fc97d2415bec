// Name: What nobody can send is kept
// Says: your write() keeps the rest although send() has just failed: the connection is gone, and
//   bytes wait for it
// Caught-by: Step6_End.WhatHadComeBeforeAFailureIsRead

//: 12.5
inline void StreamState::write(std::string_view data) {
  if (eof_asked_) throw InvalidStateError("write: write_eof() has been called on this stream");
  if (data.empty()) return;
  if (gone()) return dropped_writes_.note(loop(), error_);
  if (out_.empty()) data.remove_prefix(send_some(data));
  out_.append(data);
}
