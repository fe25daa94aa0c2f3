// Every page works without this file; htmx only saves whole-page loads.
// The content security policy allows no inline style and no eval, so htmx must not use them.
import htmx from "htmx.org";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;
