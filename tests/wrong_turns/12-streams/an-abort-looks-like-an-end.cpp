// Name: An abort that looks like a proper end
// Says: your abort() lets the other side believe that it got everything
// Caught-by: Step6_End.AbortIsAtOnceAndTheOtherSideKnows

//: 12.6
inline void StreamState::abort() {
  if (gone()) return;
  closing_ = true;
  shut_down();
}
