#include "protocols/core/web_request.hpp"

#include <catch2/catch_all.hpp>

using namespace mailscope;

TEST_CASE("request lines and fields of browsers are told from commands") {
  for (const char* line :
       {"GET / HTTP/1.1", "POST /a?b=c HTTP/1.1", "PUT /x", "HEAD / HTTP/1.0", "OPTIONS * HTTP/1.1", "DELETE /x HTTP/1.1",
        "CONNECT localhost:143 HTTP/1.1", "GET http://127.0.0.1:143/ HTTP/1.1", "Host: localhost:20025",
        "user-agent: Mozilla/5.0", "Origin: null", "Sec-Fetch-Mode: no-cors", "Upgrade-Insecure-Requests: 1"})
    CHECK(is_web_request(line));
  for (const char* line : {"DELETE Work", "a1 DELETE /x", "GET NOOP", "Host: ", "MAIL FROM:<a@b.example>", "NOOP", "",
                           "POST", "Subject: x", "a: NOOP"})
    CHECK(is_web_request(line) == (std::string_view(line) == "Host: "));
}
