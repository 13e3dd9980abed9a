#include "protocols/pop3/language.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "protocols/core/ascii.hpp"

namespace mailscope::pop3 {

namespace {

struct Known {
  std::string_view tag, name;
};
constexpr std::array<Known, 4> languages{{{"en", "English"}, {"ca", "Català"}, {"es", "Español"}, {"it", "Italiano"}}};

/// "#" is a number, "@" the server's name.
struct Phrase {
  std::array<std::string_view, 4> texts;
};
constexpr Phrase phrases[] = {
    {{"@ POP3 server ready", "@ servidor POP3 a punt", "@ servidor POP3 listo", "@ server POP3 pronto"}},
    {{"@ POP3 server signing off", "@ el servidor POP3 s'acomiada", "@ el servidor POP3 se despide",
      "@ il server POP3 saluta"}},
    {{"@ POP3 server signing off, # left", "@ el servidor POP3 s'acomiada, en queden #",
      "@ el servidor POP3 se despide, quedan #", "@ il server POP3 saluta, ne restano #"}},
    {{"send PASS", "envieu PASS", "envíe PASS", "invia PASS"}},
    {{"capability list follows", "segueix la llista de capacitats", "sigue la lista de capacidades",
      "segue l'elenco delle capacità"}},
    {{"maildrop locked and ready, # message (# octets)", "bústia blocada i a punt, # missatge (# octets)",
      "buzón bloqueado y listo, # mensaje (# octetos)", "casella bloccata e pronta, # messaggio (# ottetti)"}},
    {{"maildrop locked and ready, # messages (# octets)", "bústia blocada i a punt, # missatges (# octets)",
      "buzón bloqueado y listo, # mensajes (# octetos)", "casella bloccata e pronta, # messaggi (# ottetti)"}},
    {{"maildrop has # message (# octets)", "a la bústia hi ha # missatge (# octets)",
      "en el buzón hay # mensaje (# octetos)", "nella casella c'è # messaggio (# ottetti)"}},
    {{"maildrop has # messages (# octets)", "a la bústia hi ha # missatges (# octets)",
      "en el buzón hay # mensajes (# octetos)", "nella casella ci sono # messaggi (# ottetti)"}},
    {{"# message (# octets)", "# missatge (# octets)", "# mensaje (# octetos)", "# messaggio (# ottetti)"}},
    {{"# messages (# octets)", "# missatges (# octets)", "# mensajes (# octetos)", "# messaggi (# ottetti)"}},
    {{"# octets", "# octets", "# octetos", "# ottetti"}},
    {{"top of message follows", "segueix l'inici del missatge", "sigue el principio del mensaje",
      "segue l'inizio del messaggio"}},
    {{"message # deleted", "missatge # esborrat", "mensaje # borrado", "messaggio # cancellato"}},
    {{"message # is deleted", "el missatge # està esborrat", "el mensaje # está borrado",
      "il messaggio # è cancellato"}},
    {{"no such message, the maildrop has #", "no hi ha aquest missatge, la bústia en té #",
      "no existe ese mensaje, el buzón tiene #", "messaggio inesistente, la casella ne ha #"}},
    {{"nothing done", "no s'ha fet res", "no se ha hecho nada", "non è stato fatto nulla"}},
    {{"TOP wants a message number and a number of lines", "TOP vol un número de missatge i un nombre de línies",
      "TOP quiere un número de mensaje y un número de líneas", "TOP vuole il numero del messaggio e quante righe"}},
    {{"UTF-8 from now on", "UTF-8 a partir d'ara", "UTF-8 a partir de ahora", "UTF-8 da ora in poi"}},
    {{"language listing follows", "segueix la llista d'idiomes", "sigue la lista de idiomas",
      "segue l'elenco delle lingue"}},
    {{"language chosen", "idioma triat", "idioma elegido", "lingua scelta"}},
    {{"UTF8 is not offered", "no s'ofereix UTF8", "no se ofrece UTF8", "UTF8 non è offerto"}},
    {{"APOP is not offered", "no s'ofereix APOP", "no se ofrece APOP", "APOP non è offerto"}},
    {{"no such language", "no hi ha aquest idioma", "no existe ese idioma", "lingua sconosciuta"}},
    {{"command line too long", "línia d'ordre massa llarga", "línea de orden demasiado larga",
      "riga di comando troppo lunga"}},
    {{"only printable ASCII characters belong in a command", "una ordre només pot tenir caràcters ASCII imprimibles",
      "una orden solo puede tener caracteres ASCII imprimibles",
      "un comando può avere solo caratteri ASCII stampabili"}},
    {{"unknown command", "ordre desconeguda", "orden desconocida", "comando sconosciuto"}},
    {{"not in this state", "no és possible en aquest estat", "no es posible en este estado",
      "non possibile in questo stato"}},
    {{"wrong number of arguments", "nombre d'arguments incorrecte", "número de argumentos incorrecto",
      "numero di argomenti errato"}},
    {{"another session holds the maildrop", "una altra sessió té la bústia", "otra sesión tiene el buzón",
      "un'altra sessione occupa la casella"}},
    {{"wait # seconds between logins", "espereu # segons entre accessos", "espere # segundos entre accesos",
      "attendere # secondi tra gli accessi"}},
    {{"invalid user name or password", "usuari o contrasenya incorrectes", "usuario o contraseña incorrectos",
      "utente o password errati"}},
    {{"plaintext login is not allowed without TLS", "sense TLS no es permet l'accés en clar",
      "sin TLS no se permite el acceso en claro", "senza TLS non è permesso l'accesso in chiaro"}},
    {{"begin TLS negotiation", "comenceu la negociació TLS", "empiece la negociación TLS",
      "iniziare la negoziazione TLS"}},
    {{"TLS begins here with STLS", "aquí TLS comença amb STLS", "aquí TLS empieza con STLS",
      "qui TLS comincia con STLS"}},
    {{"TLS is not offered here", "aquí no s'ofereix TLS", "aquí no se ofrece TLS", "qui TLS non è offerto"}},
    {{"TLS is active already", "TLS ja és actiu", "TLS ya está activo", "TLS è già attivo"}},
    {{"TLS is not available now", "ara TLS no està disponible", "ahora TLS no está disponible",
      "ora TLS non è disponibile"}},
    {{"mechanisms follow", "segueixen els mecanismes", "siguen los mecanismos", "seguono i meccanismi"}},
    {{"authentication is not possible now", "ara no és possible autenticar-se", "ahora no es posible autenticarse",
      "ora non è possibile autenticarsi"}},
    {{"authentication cancelled", "autenticació cancel·lada", "autenticación cancelada", "autenticazione annullata"}},
    {{"unsupported authentication mechanism", "mecanisme d'autenticació desconegut",
      "mecanismo de autenticación desconocido", "meccanismo di autenticazione sconosciuto"}},
    {{"authentication mechanism too weak", "mecanisme d'autenticació massa feble",
      "mecanismo de autenticación demasiado débil", "meccanismo di autenticazione troppo debole"}},
    {{"this authentication mechanism is not allowed without TLS", "sense TLS no es permet aquest mecanisme",
      "sin TLS no se permite este mecanismo", "senza TLS questo meccanismo non è permesso"}},
    {{"authentication exchange line too long", "línia d'autenticació massa llarga",
      "línea de autenticación demasiado larga", "riga di autenticazione troppo lunga"}},
    {{"the response is no base64", "la resposta no és base64", "la respuesta no es base64",
      "la risposta non è base64"}},
    {{"the response breaks the mechanism's syntax", "la resposta no segueix la sintaxi del mecanisme",
      "la respuesta no sigue la sintaxis del mecanismo", "la risposta non segue la sintassi del meccanismo"}},
};

/// `text` as a phrase's form: numbers become "#" and are put into `numbers`, `name` becomes "@".
std::string form_of(std::string_view text, std::string_view name, std::vector<std::string>& numbers) {
  std::string form;
  while (!text.empty()) {
    if (!name.empty() && text.starts_with(name)) {
      form += '@';
      text.remove_prefix(name.size());
    } else if (ascii::is_digit(text.front()) && (form.empty() || form.back() == ' ' || form.back() == '(')) {
      const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
      form += '#';
      numbers.emplace_back(text.substr(0, digits));
      text.remove_prefix(digits);
    } else {
      form += text.front();
      text.remove_prefix(1);
    }
  }
  return form;
}

}  // namespace

std::optional<Language> language(std::string_view range) {
  if (range == "*") return Language::English;
  while (!range.empty()) {
    const auto known =
        std::ranges::find_if(languages, [&](const Known& each) { return ascii::iequals(each.tag, range); });
    if (known != languages.end()) return Language{static_cast<std::uint8_t>(known - languages.begin())};
    const std::size_t end = range.rfind('-');
    if (end == std::string_view::npos) return std::nullopt;
    range = range.substr(0, end);
  }
  return std::nullopt;
}

std::string_view tag(Language language) { return languages.at(static_cast<std::size_t>(language)).tag; }

std::string language_listing() {
  std::string lines;
  for (const Known& each : languages) lines.append(each.tag).append(" ").append(each.name).append("\r\n");
  return lines;
}

std::string translated(std::string_view text, Language language, std::string_view name) {
  if (language == Language::English) return std::string(text);
  std::string result;
  if (const std::size_t end = text.find("] "); text.starts_with('[') && end != std::string_view::npos) {
    result = text.substr(0, end + 2);
    text.remove_prefix(end + 2);
  }
  std::vector<std::string> numbers;
  const std::string form = form_of(text, name, numbers);
  const auto phrase = std::ranges::find_if(phrases, [&form](const Phrase& each) { return each.texts.front() == form; });
  if (phrase == std::end(phrases)) return result.append(text);
  auto number = numbers.begin();
  for (const char c : phrase->texts.at(static_cast<std::size_t>(language))) {
    if (c == '#')
      result += *number++;
    else if (c == '@')
      result += name;
    else
      result += c;
  }
  return result;
}

}  // namespace mailscope::pop3
