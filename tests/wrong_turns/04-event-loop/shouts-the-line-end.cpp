// Name: A line and its end
// Says: you shout a line with its '\n', and shout() adds another
// Caught-by: Use4c_Shouter.AnswersALineInCapitals

//: use-4c
void Shouter::answer_lines() {
  std::size_t begin = 0;
  for (std::size_t end; (end = arrived_.find('\n', begin)) != std::string::npos; begin = end + 1) {
    shout(std::string_view(arrived_).substr(begin, end + 1 - begin));
  }
  arrived_.erase(0, begin);
}
