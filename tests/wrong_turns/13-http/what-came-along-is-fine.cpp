// Name: What came along is fine
// Says: your is_clean() does not look for bytes that came behind the answer
// Caught-by: Step4_Keep.OneWithBytesThatNobodyAskedForIsClosed

//: 13.4
inline bool PooledConnection::is_clean() {
  return reusable() && channel().unsent() == 0 && !channel().is_closing() && !ended_;
}
