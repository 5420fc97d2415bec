// Name: A body that was cut is a body
// Says: your read() takes the end of the stream for the end of the body, without an answer of
//   parser.finish()
// Caught-by: Step1_Body.ThatIsCutIsAnError

//: 13.1
inline void Connection::end_of_input() {
  keep_alive_ = false;
  work_->parser.finish();
  reading_ = false;
}
